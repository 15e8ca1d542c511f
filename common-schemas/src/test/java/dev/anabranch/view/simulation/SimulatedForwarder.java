package dev.anabranch.view.simulation;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.oracle.NaiveFold;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The task that repartitions one origin by entity, with its events' positions, in transactions. */
final class SimulatedForwarder {
    private final Origin origin;
    private final Map<Origin, List<NaiveFold.Entry>> log;
    private final List<SimulatedSpeed> downstream;
    private final Set<Mutation> mutations;
    private final List<SimulatedSpeed.Arrival> pending = new ArrayList<>();
    private int position;
    private int committed;

    SimulatedForwarder(
            Origin origin,
            Map<Origin, List<NaiveFold.Entry>> log,
            List<SimulatedSpeed> downstream,
            Set<Mutation> mutations) {
        this.origin = origin;
        this.log = log;
        this.downstream = downstream;
        this.mutations = mutations;
    }

    void forward(int events) {
        List<NaiveFold.Entry> partition = log.get(origin);
        for (int i = 0; i < events && position < partition.size(); i++) {
            forward(partition.get(position++));
        }
    }

    private void forward(NaiveFold.Entry entry) {
        for (Contribution<CustomerActivity> contribution :
                Simulation.VIEW.contributions(origin.topic(), entry.event())) {
            pending.add(new SimulatedSpeed.Arrival(origin, contribution, seenAs(entry.position())));
        }
    }

    private Position seenAs(Position position) {
        if (mutations.contains(Mutation.ORIGIN_LOST_IN_THE_REPARTITION)) {
            return Position.of("repartition", 0, position.offset());
        }
        if (mutations.contains(Mutation.ORIGINS_SWAPPED_IN_THE_REPARTITION)) {
            Origin other = log.keySet().stream()
                    .filter(o -> !o.equals(origin))
                    .sorted()
                    .findFirst()
                    .orElse(origin);
            return new Position(other, position.offset());
        }
        return position;
    }

    void commit() {
        for (SimulatedSpeed.Arrival arrival : pending) {
            int partition = Simulation.partitionOf(arrival.contribution().entity(), downstream.size());
            downstream.get(partition).arrive(arrival);
        }
        pending.clear();
        committed = position;
    }

    void crash() {
        if (mutations.contains(Mutation.AT_LEAST_ONCE)) {
            int restart = committed;
            commit(); // what was sent stays sent, and is sent again from the last position
            committed = restart;
        }
        pending.clear();
        position = committed;
    }
}
