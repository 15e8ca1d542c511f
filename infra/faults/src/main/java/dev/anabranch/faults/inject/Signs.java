package dev.anabranch.faults.inject;

import com.fasterxml.jackson.databind.JsonNode;
import dev.anabranch.faults.load.Ledger;
import dev.anabranch.faults.load.Traffic;
import dev.anabranch.faults.site.BatchRuns;
import dev.anabranch.faults.site.Site;
import dev.anabranch.local.Services;
import dev.anabranch.local.check.Api;
import dev.anabranch.local.check.MergeCheck;
import dev.anabranch.local.check.Metrics;
import dev.anabranch.view.Position;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How one sees from outside that a layer does its work again. */
public final class Signs {
    private static final long PATIENCE_MILLIS = 3_000;
    private static final String ARCHIVED = "anabranch_archive_rows_total";

    private final Site site;
    private final BatchRuns batchRuns;
    private final Traffic traffic;
    private final Ledger ledger;
    private final Map<String, Api> apis = new ConcurrentHashMap<>();

    Signs(Site site, BatchRuns batchRuns, Traffic traffic, Ledger ledger) {
        this.site = site;
        this.batchRuns = batchRuns;
        this.traffic = traffic;
        this.ledger = ledger;
    }

    /** An event acknowledged from now on shows in an answer of every view: broker, speed and serving work. */
    public Fault.Recovery viewsFollow() {
        long since = System.nanoTime();
        Ledger.Acknowledged[] awaited = new Ledger.Acknowledged[1];
        return () -> {
            if (awaited[0] == null) {
                Ledger.Acknowledged newest = ledger.newest();
                if (newest == null || newest.atNanos() < since || newest.number() < 0) {
                    return Optional.of("no event was acknowledged since");
                }
                awaited[0] = newest;
            }
            return notShown(awaited[0]);
        };
    }

    /** An event shows in an answer of every view. */
    Fault.Recovery shows(Ledger.Acknowledged event) {
        return () -> event.number() < 0 ? Optional.empty() : notShown(event);
    }

    private Optional<String> notShown(Ledger.Acknowledged event) {
        Position position = Position.of(traffic.type().topic(), event.partition(), event.offset());
        for (Map.Entry<String, String> about :
                traffic.entitiesOf(event.number()).entrySet()) {
            Optional<JsonNode> answer = anyAnswer(Api.viewPath(about.getKey(), about.getValue()));
            if (answer.isEmpty()) {
                return Optional.of("no replica answers about " + about.getValue());
            }
            JsonNode provenance = answer.get().get("provenance");
            if (!provenance.get("exact").asBoolean()
                    || !MergeCheck.asOf(provenance).includes(position)) {
                return Optional.of("the answer about " + about.getValue() + " does not include " + position);
            }
        }
        return Optional.empty();
    }

    private Optional<JsonNode> anyAnswer(String path) {
        for (String address : site.addresses()) {
            Optional<JsonNode> answer = answer(address, path);
            if (answer.isPresent()) {
                return answer;
            }
        }
        return Optional.empty();
    }

    /** What one replica answers with success; empty otherwise. */
    Optional<JsonNode> answer(String address, String path) {
        try {
            Api.Answer answer =
                    apis.computeIfAbsent(address, Api::new).get(path).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            return answer.ok() ? Optional.of(answer.body()) : Optional.empty();
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty(); // it does not answer, which is what is asked
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** The archiver commits rows it had not committed by now. */
    public Fault.Recovery archives() {
        double before = rows().orElse(0.0);
        long pid = pid();
        return () -> {
            Optional<Double> rows = rows();
            if (rows.isEmpty()) {
                return Optional.of("no answer from the archiver");
            }
            double from = pid() == pid ? before : 0; // a new process counts from 0
            return rows.get() > from ? Optional.empty() : Optional.of("the archiver has committed nothing since");
        };
    }

    private long pid() {
        return site.processes()
                .running(Services.ARCHIVER)
                .map(ProcessHandle::pid)
                .orElse(0L);
    }

    private Optional<Double> rows() {
        try {
            return Optional.of(
                    new Metrics(site.service(Services.ARCHIVER).address() + "/metrics").sum(ARCHIVED, "topic"));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A replica is ready and answers. */
    public Fault.Recovery serves(String replica) {
        return () -> {
            Optional<String> missing = site.service(replica).readiness().missing();
            if (missing.isPresent()) {
                return Optional.of(replica + ": " + missing.get());
            }
            String view = traffic.counted().view();
            String entity = traffic.entities().get(view).get(0);
            return answer(site.service(replica).address(), Api.viewPath(view, entity))
                            .isPresent()
                    ? Optional.empty()
                    : Optional.of(replica + " does not answer");
        };
    }

    /** A run of the batch layer that begins from now on succeeds. */
    public Fault.Recovery runs() {
        long before = batchRuns.begun();
        batchRuns.hurry();
        return () -> batchRuns.lastSuccess() > before
                ? Optional.empty()
                : Optional.of("no run of the batch layer has succeeded since; " + batchRuns.lastFailure());
    }

    /** All of these. */
    public static Fault.Recovery all(Fault.Recovery... each) {
        return () -> {
            for (Fault.Recovery one : each) {
                Optional<String> missing = one.missing();
                if (missing.isPresent()) {
                    return missing;
                }
            }
            return Optional.empty();
        };
    }

    /** Of the process with this name. */
    public Fault.Recovery of(String process) {
        if (site.replicas().contains(process)) {
            return serves(process);
        }
        return switch (process) {
            case Services.ARCHIVER -> archives();
            case Services.SPEED -> viewsFollow();
            case Services.BROKER -> all(viewsFollow(), archives());
            case Site.BATCH -> runs();
            default -> throw new IllegalArgumentException("No sign of life is known of " + process);
        };
    }
}
