package dev.anabranch.faults.inject;

import dev.anabranch.faults.site.Site;
import dev.anabranch.local.Services;
import java.util.List;

/** Archiver, speed and batch layer are killed and stay away: the serving layer answers from what it has. */
final class LayersDown implements Fault {
    private static final List<String> DOWN = List.of(Services.ARCHIVER, Services.SPEED);

    private AutoCloseable held;

    @Override
    public void inject(Scene scene) throws Exception {
        if (scene.site().processes().running(Site.BATCH).isPresent()) {
            scene.site().processes().kill(Site.BATCH);
        }
        held = scene.batchRuns().hold();
        for (String name : DOWN) {
            if (scene.site().processes().running(name).isEmpty()) {
                throw new CouldNotInjectException("The " + name + " does not run");
            }
            scene.site().processes().kill(name);
        }
    }

    @Override
    public Recovery heal(Scene scene) throws Exception {
        if (held != null) {
            held.close();
        }
        DOWN.stream()
                .filter(name -> scene.site().processes().running(name).isEmpty())
                .forEach(scene.site().processes()::start);
        return Signs.all(
                scene.signs().of(Services.SPEED),
                scene.signs().of(Services.ARCHIVER),
                scene.signs().of(Site.BATCH));
    }
}
