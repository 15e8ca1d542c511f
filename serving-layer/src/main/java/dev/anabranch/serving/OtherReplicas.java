package dev.anabranch.serving;

import dev.anabranch.view.View;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.streams.state.HostInfo;

/** Asks the replica that keeps an entity's partition. */
@ApplicationScoped
class OtherReplicas {
    <A> Uni<Answer<A>> ask(HostInfo owner, View<A> view, String entity, long atMillis) {
        return Uni.createFrom()
                .failure(new Unavailable("Replica " + owner.host() + ":" + owner.port() + " keeps '" + entity + "' of "
                        + view + "; ask there"));
    }
}
