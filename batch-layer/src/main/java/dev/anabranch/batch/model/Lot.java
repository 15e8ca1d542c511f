package dev.anabranch.batch.model;

/** A number drawn for a name: the same for the same name and seed, and as good as random otherwise. */
final class Lot {
    private Lot() {}

    /** From 0 inclusive to 1 exclusive. */
    static double of(String name, long seed) {
        long mixed = seed;
        for (int i = 0; i < name.length(); i++) {
            mixed = mix(mixed + name.charAt(i));
        }
        return (mix(mixed) >>> 11) * 0x1.0p-53;
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long z) {
        z += 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
