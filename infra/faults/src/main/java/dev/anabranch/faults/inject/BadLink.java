package dev.anabranch.faults.inject;

import dev.anabranch.faults.site.Link;
import dev.anabranch.faults.site.Site;

/** The network between one layer and the broker, cut, slow or half-open. */
final class BadLink implements Fault {
    private final String layer;
    private final Link.Quality quality;
    private final boolean forgotten;

    /** @param forgotten whether connections are reset in the end, as by something in between that has forgotten them */
    BadLink(String layer, Link.Quality quality, boolean forgotten) {
        this.layer = layer;
        this.quality = quality;
        this.forgotten = forgotten;
    }

    @Override
    public void inject(Scene scene) {
        scene.site().link(layer).become(quality);
    }

    @Override
    public Recovery heal(Scene scene) {
        if (forgotten) {
            scene.site().link(layer).hangUp();
        }
        scene.site().link(layer).become(Link.Quality.GOOD);
        if (layer.equals(Site.BATCH)) {
            return scene.signs().runs();
        }
        return scene.signs().of(layer);
    }
}
