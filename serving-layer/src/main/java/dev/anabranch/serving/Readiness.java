package dev.anabranch.serving;

import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.View;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Ready when all of every partition this replica was given is in memory, and what is live is known. */
@org.eclipse.microprofile.health.Readiness
@ApplicationScoped
class Readiness implements HealthCheck {
    private final ViewFollower follower;
    private final ControlFollower control;

    Readiness(ViewFollower follower, ControlFollower control) {
        this.follower = follower;
        this.control = control;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder answer = HealthCheckResponse.named("views")
                .status(follower.ready() && control.caughtUp())
                .withData("following", follower.state());
        for (View<?> view : UseCases.views()) {
            long complete =
                    follower.kept(view).stream().filter(KeptPartition::complete).count();
            answer.withData(view.name(), complete + " of " + follower.kept(view).size() + " partitions complete");
        }
        return answer.build();
    }
}
