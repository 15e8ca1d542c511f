package dev.anabranch.serving;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.state.HostInfo;

/** Where an entity's partition is kept. */
sealed interface Place<A> {
    /** By this replica, complete. */
    record Here<A>(KeptPartition<A> partition) implements Place<A> {}

    /**
     * By another replica.
     *
     * @param copy   a copy that this replica has, if it is complete
     * @param copies the other replicas that keep one
     */
    record There<A>(HostInfo owner, Optional<KeptPartition<A>> copy, List<HostInfo> copies) implements Place<A> {}

    /**
     * Nowhere that could answer now.
     *
     * @param reason why
     */
    record Nowhere<A>(String reason) implements Place<A> {}
}
