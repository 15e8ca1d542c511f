package dev.anabranch.faults.inject;

import dev.anabranch.faults.site.DataDisk;
import java.io.IOException;

/** No room is left where catalog and warehouse are. */
final class FullDisk implements Fault {
    private static final long NEXT_TO_NOTHING = 64 * 1024;

    @Override
    public void inject(Scene scene) throws IOException {
        DataDisk disk =
                scene.dataDisk().orElseThrow(() -> new CouldNotInjectException("The data lies on no disk of its own"));
        disk.fill();
        if (disk.freeBytes() > NEXT_TO_NOTHING) {
            throw new CouldNotInjectException("The disk could not be filled, " + disk.freeBytes() + " bytes are free");
        }
    }

    @Override
    public Recovery heal(Scene scene) throws IOException {
        scene.dataDisk().orElseThrow().empty();
        return scene.signs().archives();
    }
}
