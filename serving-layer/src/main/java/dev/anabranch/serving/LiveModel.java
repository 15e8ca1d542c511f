package dev.anabranch.serving;

import dev.anabranch.model.ServedModel;

/**
 * A loaded model version and the number of those who hold it: it is closed when it has been replaced and the last one has
 * let go, so that no session is closed in use.
 */
final class LiveModel {
    private final ServedModel model;
    private int holders = 1; // being live counts as one

    LiveModel(ServedModel model) {
        this.model = model;
    }

    ServedModel model() {
        return model;
    }

    /** Whether it could still be held: not when it was replaced and let go of in between. */
    synchronized boolean hold() {
        if (holders == 0) {
            return false;
        }
        holders++;
        return true;
    }

    synchronized void letGo() {
        holders--;
        if (holders == 0) {
            model.close();
        }
    }
}
