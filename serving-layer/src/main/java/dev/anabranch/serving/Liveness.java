package dev.anabranch.serving;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Alive until following the views has ended for good: then only a restart helps. */
@org.eclipse.microprofile.health.Liveness
@ApplicationScoped
class Liveness implements HealthCheck {
    private final ViewFollower follower;

    Liveness(ViewFollower follower) {
        this.follower = follower;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("following")
                .status(!follower.failed())
                .withData("following", follower.state())
                .build();
    }
}
