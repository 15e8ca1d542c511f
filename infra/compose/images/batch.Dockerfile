# The batch layer: archiver, scheduler, runs.
#
#     docker build -f infra/compose/images/batch.Dockerfile -t anabranch/batch .       (at the root, after ./mvnw package)
ARG BASE_IMAGE=eclipse-temurin:17-jre

# What others made changes seldom and is large, what we made changes with every commit and is small: two layers.
FROM ${BASE_IMAGE} AS jars
COPY batch-layer/target/lib/ /jars/
RUN mkdir /own && mv /jars/anabranch-*.jar /own/
COPY batch-layer/target/anabranch-batch-layer.jar /own/

FROM ${BASE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Anabranch batch" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN echo "anabranch:x:10001:10001::/var/lib/anabranch:/bin/sh" >>/etc/passwd && mkdir -p /var/lib/anabranch && chown 10001:10001 /var/lib/anabranch
COPY --from=jars /jars/ /opt/anabranch/jars/
COPY infra/compose/images/run infra/compose/images/healthy /opt/anabranch/
COPY batch-layer/src/main/jvm/spark.args infra/compose/images/batch-run /opt/anabranch/
COPY --from=jars /own/ /opt/anabranch/own/
# Where a worker of a Spark cluster looks for what an executor runs with.
RUN mkdir -p /opt/anabranch/spark/jars && ln -s /opt/anabranch/own/* /opt/anabranch/jars/* /opt/anabranch/spark/jars/
USER 10001:10001
WORKDIR /var/lib/anabranch
VOLUME /var/lib/anabranch
ENV JVM_OPTIONS="-XX:+UseSerialGC -XX:MaxRAMPercentage=70 -XX:+ExitOnOutOfMemoryError" \
    ANABRANCH_STATE_DIR=/var/lib/anabranch \
    ANABRANCH_STATUS_HOST=0.0.0.0 \
    ANABRANCH_STATUS_PORT=18081 \
    SPARK_HOME=/opt/anabranch/spark \
    SPARK_SCALA_VERSION=2.13
EXPOSE 18081
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s CMD ["/opt/anabranch/healthy", "18081", "/health/ready"]
ENTRYPOINT ["/opt/anabranch/run", "-cp", "/opt/anabranch/own/*:/opt/anabranch/jars/*"]
CMD ["dev.anabranch.batch.ArchiverMain"]
