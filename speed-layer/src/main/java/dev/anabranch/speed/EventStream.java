package dev.anabranch.speed;

import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.Wire;
import dev.anabranch.event.EventType;
import dev.anabranch.learning.Learning;
import dev.anabranch.model.Question;
import dev.anabranch.quality.Outcome;
import dev.anabranch.view.View;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;

/** Events of one type as they pass by, one step after the other. The record key is the entity they have come to. */
public final class EventStream<E extends SpecificRecord> {
    private static final Serde<Prediction> PREDICTION = Serdes.serdeFrom(
            (topic, prediction) -> Wire.PREDICTION.encode(prediction), (topic, bytes) -> Wire.PREDICTION.decode(bytes));

    private final SpeedTopology speed;
    private final EventType<E> type;
    private final KStream<String, Passing<E>> stream;
    private final View<?> travelledTo;

    EventStream(SpeedTopology speed, EventType<E> type, KStream<String, Passing<E>> stream) {
        this(speed, type, stream, null);
    }

    private EventStream(
            SpeedTopology speed, EventType<E> type, KStream<String, Passing<E>> stream, View<?> travelledTo) {
        this.speed = speed;
        this.type = type;
        this.stream = stream;
        this.travelledTo = travelledTo;
    }

    /**
     * Adds each event to the view, where it is: it must be about the entity its record key names, which it is when that
     * is the key of its topic, or after {@link #rekeyedBy}.
     */
    public <A> EventStream<E> fold(View<A> view) {
        return folded(view, view + "-folds-" + type, null);
    }

    /** Reads the view as it stands before each event, at the event's time, and then adds the event to it. */
    public <A> EventStream<E> readThenFold(View<A> view) {
        String name = view + "-reads-and-folds-" + type;
        speed.reads(view, name);
        return folded(view, name, speed.scorability());
    }

    private <A> EventStream<E> folded(View<A> view, String name, Scorability scorability) {
        boolean othersTravel = view == travelledTo;
        boolean travelled = travelledTo != null;
        speed.folds(view, type.topic(), travelled);
        return after(stream.process(
                () -> new FoldIntoCells<>(
                        type,
                        view,
                        othersTravel,
                        travelled,
                        scorability,
                        speed.mirrors(),
                        speed.sweeps(),
                        speed.pace()),
                Named.as(name),
                ViewStores.cells(view)));
    }

    /**
     * Lets each event travel to the partition of the entity it is about in {@code view}. It takes along its position,
     * its arrival and what was read so far. All events of a topic travel, or none: one that stayed would overtake
     * another of its own entity.
     */
    public EventStream<E> rekeyedBy(View<?> view) {
        String name = ViewStores.cells(view) + "-of-" + type;
        speed.travels(name);
        PassingSerde<E> serde = new PassingSerde<>(type, speed.useCase().views());
        KStream<String, Passing<E>> travelled = stream.process(() -> new Rekey<>(type, view), Named.as("rekey-" + name))
                .repartition(Repartitioned.<String, Passing<E>>as(name)
                        .withKeySerde(Serdes.String())
                        .withValueSerde(serde)
                        .withNumberOfPartitions(speed.partitions()));
        return new EventStream<>(speed, type, travelled, view);
    }

    /**
     * Writes what follows from each event to the log of {@code derived}. It is asked before the event is folded further on, and
     * what it reads must lie where the event has come to.
     *
     * @param reads the views it may read
     */
    public <D extends SpecificRecord> EventStream<E> derive(
            EventType<D> derived, Derivation<E, D> derivation, View<?>... reads) {
        String name = "derive-" + derived + "-of-" + type;
        List<View<?>> views = List.of(reads);
        views.forEach(view -> {
            speed.keeps(view);
            speed.reads(view, name);
        });
        stream.process(
                        () -> new DeriveEvents<>(type, derived, derivation, views, speed.mirrors(), speed.metrics()),
                        Named.as(name),
                        views.stream().map(ViewStores::cells).toArray(String[]::new))
                .to(
                        derived.topic(),
                        Produced.with(Serdes.String(), serde(derived)).withName("to-" + derived.topic()));
        return this;
    }

    /** Scores each event with the live model and what was read on the way; predictions carry the key of the event. */
    public Predictions scoredBy(Question<E> question) {
        return new Predictions(
                speed,
                question,
                stream.process(
                        () -> new ScoreEvents<>(speed.useCase().name(), type, question, speed.scorability()),
                        Named.as("score-" + type)));
    }

    private EventStream<E> after(KStream<String, Passing<E>> next) {
        return new EventStream<>(speed, type, next, travelledTo);
    }

    /** Predictions as they are made. */
    public static final class Predictions {
        private final SpeedTopology speed;
        private final Question<?> question;
        private final KStream<String, Prediction> stream;

        private Predictions(SpeedTopology speed, Question<?> question, KStream<String, Prediction> stream) {
            this.speed = speed;
            this.question = question;
            this.stream = stream;
        }

        public Predictions to(String topic) {
            stream.to(topic, Produced.with(Serdes.String(), PREDICTION).withName("to-" + topic));
            return this;
        }

        /**
         * Lets predictions and labels of the same event meet, whichever comes first, and writes what came of it to the log
         * of {@code outcomes}; and to that of the examples that the use case learns from, where it does. They must have come to the same place: labels lie with the entity that what is scored has
         * travelled to.
         */
        public <L extends SpecificRecord> void judgedBy(
                EventStream<L> labels, Label<L> label, EventType<Outcome> outcomes) {
            speed.judges();
            Cases.Counted counted = speed.counted();
            CaseFile file = CaseFile.of(question, speed.learning().map(Learning::name));
            List<Log<?>> logs = new ArrayList<>(List.of(Log.of(outcomes)));
            speed.learning().ifPresent(learning -> logs.add(Log.of(learning.examples())));
            write(
                    labels.stream.process(
                            () -> new JudgeByLabels<>(labels.type, label, speed.sweeps(), counted, file),
                            Named.as("judge-by-" + labels.type),
                            Cases.STORE),
                    logs,
                    "told-by-" + labels.type);
            write(
                    stream.process(
                            () -> new JudgePredictions(label.within(), speed.sweeps(), counted, file),
                            Named.as("judge-predictions"),
                            Cases.STORE),
                    logs,
                    "told-of-predictions");
        }

        /** Each to the log of its type, by one sink: a step in between costs as much as all that is done for a record. */
        private static void write(KStream<String, SpecificRecord> told, List<Log<?>> logs, String name) {
            Serde<SpecificRecord> serde =
                    Serdes.serdeFrom((topic, record) -> log(logs, record).encode(record), (topic, bytes) -> {
                        throw new UnsupportedOperationException("What is told is read by others");
                    });
            told.to(
                    (key, record, context) -> log(logs, record).type().topic(),
                    Produced.with(Serdes.String(), serde).withName(name));
        }

        private static Log<?> log(List<Log<?>> logs, SpecificRecord record) {
            for (Log<?> log : logs) {
                if (log.type().type().isInstance(record)) {
                    return log;
                }
            }
            throw new IllegalStateException("What is told must be of " + logs + ", got " + record);
        }
    }

    /** Where events of one type are written, and how. */
    private record Log<T extends SpecificRecord>(EventType<T> type, Wire<T> wire) {
        static <T extends SpecificRecord> Log<T> of(EventType<T> type) {
            return new Log<>(type, Wire.of(type.type()));
        }

        byte[] encode(SpecificRecord record) {
            return wire.encode(type.cast(record));
        }
    }

    private static <T extends SpecificRecord> Serde<T> serde(EventType<T> type) {
        Wire<T> wire = Wire.of(type.type());
        return Serdes.serdeFrom((topic, record) -> wire.encode(record), (topic, bytes) -> wire.decode(bytes));
    }

    /** The stream itself, for the steps that others draw. */
    KStream<String, Passing<E>> stream() {
        return stream;
    }
}
