# The anabranch command, for jobs inside a deployment: it makes the topics.
#
#     docker build -f infra/compose/images/tools.Dockerfile -t anabranch/tools .       (at the root, after ./mvnw package)
ARG BASE_IMAGE=eclipse-temurin:17-jre

# What others made changes seldom and is large, what we made changes with every commit and is small: two layers.
FROM ${BASE_IMAGE} AS jars
COPY infra/local/target/lib/ /jars/
RUN mkdir /own && mv /jars/anabranch-*.jar /own/
COPY infra/local/target/anabranch-local.jar /own/

FROM ${BASE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Anabranch tools" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN echo "anabranch:x:10001:10001::/var/lib/anabranch:/bin/sh" >>/etc/passwd && mkdir -p /var/lib/anabranch && chown 10001:10001 /var/lib/anabranch
COPY --from=jars /jars/ /opt/anabranch/jars/
COPY infra/compose/images/run infra/compose/images/healthy /opt/anabranch/
COPY --from=jars /own/ /opt/anabranch/own/
USER 10001:10001
WORKDIR /var/lib/anabranch
VOLUME /var/lib/anabranch
ENV JVM_OPTIONS="-XX:+UseSerialGC -Xmx256m -XX:TieredStopAtLevel=1 -Danabranch.root=/var/lib/anabranch"
ENTRYPOINT ["/opt/anabranch/run", "-cp", "/opt/anabranch/own/*:/opt/anabranch/jars/*", "dev.anabranch.local.Main"]
CMD ["--help"]
