package io.tributary.bench.load;

import java.util.Random;

/** Values of random bytes, the same in every run. */
final class Payloads {
    private static final int COUNT = 64;

    private final byte[][] values = new byte[COUNT][];

    /** Values of so many bytes. */
    Payloads(int size) {
        Random random = new Random(size);
        for (int i = 0; i < COUNT; i++) {
            values[i] = new byte[size];
            random.nextBytes(values[i]);
        }
    }

    /** A value that others use too. */
    byte[] shared(int number) {
        return values[number % COUNT];
    }

    /** A value of the caller's own. */
    byte[] copy(int number) {
        return shared(number).clone();
    }
}
