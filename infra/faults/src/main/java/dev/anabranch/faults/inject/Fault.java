package dev.anabranch.faults.inject;

import java.util.Optional;

/** Something that goes wrong on purpose, for a while. Used once. */
public interface Fault {
    /**
     * Makes it go wrong. Returns when it has.
     *
     * @throws CouldNotInjectException when it cannot be made to go wrong, with the reason
     */
    void inject(Scene scene) throws Exception;

    /** Puts an end to it. */
    Recovery heal(Scene scene) throws Exception;

    /** Tells when the platform works again as if nothing had been. */
    interface Recovery {
        /** What is still missing; empty when it works again. */
        Optional<String> missing();
    }

    /** The fault did not happen, so nothing was shown. */
    final class CouldNotInjectException extends RuntimeException {
        public CouldNotInjectException(String why) {
            super(why);
        }

        public CouldNotInjectException(String why, Throwable cause) {
            super(why, cause);
        }
    }
}
