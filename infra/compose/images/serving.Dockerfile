# The serving layer.
#
#     docker build -f infra/compose/images/serving.Dockerfile -t anabranch/serving .       (at the root, after ./mvnw package)
ARG BASE_IMAGE=eclipse-temurin:17-jre

# What others made changes seldom and is large, what we made changes with every commit and is small: two layers.
FROM ${BASE_IMAGE} AS jars
COPY serving-layer/target/quarkus-app/lib/boot/ /jars/
COPY serving-layer/target/quarkus-app/lib/main/ /jars/
RUN mkdir /own && mv /jars/dev.anabranch.*.jar /own/
COPY serving-layer/target/quarkus-app/app/ /own/

FROM ${BASE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Anabranch serving" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN echo "anabranch:x:10001:10001::/var/lib/anabranch:/bin/sh" >>/etc/passwd && mkdir -p /var/lib/anabranch && chown 10001:10001 /var/lib/anabranch
COPY --from=jars /jars/ /opt/anabranch/jars/
COPY infra/compose/images/run infra/compose/images/healthy /opt/anabranch/
COPY --from=jars /own/ /opt/anabranch/own/
COPY serving-layer/target/quarkus-app/quarkus/ /opt/anabranch/quarkus/
USER 10001:10001
WORKDIR /var/lib/anabranch
VOLUME /var/lib/anabranch
ENV JVM_OPTIONS="-XX:+UseSerialGC -XX:MaxRAMPercentage=70 -XX:+ExitOnOutOfMemoryError" \
    ANABRANCH_STATE_DIR=/var/lib/anabranch \
    QUARKUS_HTTP_HOST=0.0.0.0
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s CMD ["/opt/anabranch/healthy", "8080", "/q/health/ready"]
# Classes that Quarkus wrote or rewrote at build time come first.
ENTRYPOINT ["/opt/anabranch/run", "-cp", "/opt/anabranch/quarkus/*:/opt/anabranch/own/*:/opt/anabranch/jars/*"]
CMD ["io.quarkus.runner.GeneratedMain"]
