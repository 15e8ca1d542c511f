package dev.anabranch.view;

/** A place in rising numbers. The next search begins where the last one ended: questions in order cost next to nothing. */
final class Finger {
    private static final int STEPS = 8;

    private int at;

    /** The index of the first of {@code values[0 .. size)} that is {@code value} or more; {@code size} when none is. */
    int firstFrom(long[] values, int size, long value) {
        int index = Math.min(at, size);
        if (index == 0 || values[index - 1] < value) {
            int last = Math.min(size, index + STEPS);
            while (index < last && values[index] < value) {
                index++;
            }
            at = index == last && last < size ? search(values, last, size, value) : index;
        } else {
            at = search(values, 0, index, value);
        }
        return at;
    }

    private static int search(long[] values, int from, int to, long value) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (values[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
