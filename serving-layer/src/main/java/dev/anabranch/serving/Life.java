package dev.anabranch.serving;

import dev.anabranch.process.Settings;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.config.SmallRyeConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/**
 * Starts and stops what follows Kafka. HTTP answers from the first moment on, if only with what is being waited for; when
 * broker or topics do not come in time, the process ends with exit code 1.
 */
@ApplicationScoped
class Life {
    private static final Logger log = Logger.getLogger(Life.class);

    private final Kafka kafka;
    private final ViewFollower views;
    private final ControlFollower control;
    private final ComingArtifacts artifacts;
    private final TopicWriter writer;
    private final Models models;
    private final Thread starting = new Thread(this::start, "serving-start");
    private final long startedMillis;
    private volatile Admin admin;

    Life(
            Kafka kafka,
            ViewFollower views,
            ControlFollower control,
            ComingArtifacts artifacts,
            TopicWriter writer,
            Models models,
            Clock clock) {
        this.kafka = kafka;
        this.views = views;
        this.control = control;
        this.artifacts = artifacts;
        this.writer = writer;
        this.models = models;
        startedMillis = clock.millis();
        starting.setDaemon(true);
    }

    long startedMillis() {
        return startedMillis;
    }

    void begin(@Observes StartupEvent event) {
        starting.start();
    }

    void end(@Observes ShutdownEvent event) throws InterruptedException {
        starting.interrupt();
        starting.join();
        views.stop();
        control.stop();
        artifacts.stop();
        writer.stop();
        models.stop();
        if (admin != null) {
            admin.close();
        }
    }

    private void start() {
        try {
            Settings.requireValues(ConfigProvider.getConfig().unwrap(SmallRyeConfig.class));
            admin = kafka.admin();
            Map<String, Integer> partitions = kafka.awaitTopics(admin);
            writer.start();
            artifacts.start();
            control.start();
            views.start(admin, partitions);
        } catch (Kafka.NotThereException e) {
            log.error("Cannot start. " + e.getMessage());
            Quarkus.asyncExit(1);
        } catch (KafkaException e) {
            log.error("Cannot start. Kafka at " + kafka.bootstrapServers()
                    + " (anabranch.kafka.bootstrap-servers) cannot be used: " + causes(e));
            Quarkus.asyncExit(1);
        } catch (IllegalArgumentException e) {
            log.error("Cannot start. " + e.getMessage());
            Quarkus.asyncExit(1);
        } catch (InterruptedException e) {
            log.debug("Told to stop before everything was started");
        } catch (RuntimeException e) {
            log.error("Cannot start", e);
            Quarkus.asyncExit(1);
        }
    }

    private static String causes(Throwable failure) {
        StringBuilder message = new StringBuilder(String.valueOf(failure.getMessage()));
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            message.append(": ").append(cause.getMessage());
        }
        return message.toString();
    }
}
