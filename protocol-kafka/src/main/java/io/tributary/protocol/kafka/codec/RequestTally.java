package io.tributary.protocol.kafka.codec;

/**
 * What reading a request would take: memory for the objects that Kafka's reader makes, and steps, since it
 * puts elements that have a key into hash tables whose hashes a client chooses.
 */
final class RequestTally {
    /** What a reference takes in a list or in an object. */
    static final int REFERENCE = 8;
    /** A number in a list, beside its reference. */
    static final int NUMBER = 24;
    /** A text or a piece of bytes, without its content; twice, since a text is copied once when it is read. */
    static final int TEXT = 72;
    /** A list without its references. */
    static final int LIST = 48;
    /** A collection that is found by key, and what each element takes in its table. */
    static final int TABLE = 160;
    static final int TABLE_SLOT = 24;
    /** An object, and the fields that it has for other versions. */
    static final int OBJECT = 120;
    /** A tagged field that is not known, with the list that it may be the first of. */
    static final int TAG = 160;

    /** Some tenths of a second. That are 600 elements of one hash, or 14,000 whose hashes follow each other. */
    private static final long MAX_STEPS = 200_000_000;

    private final long maxHeapBytes;
    private long heapBytes;
    private long steps;

    /** Refuses what is over this. */
    RequestTally(long maxHeapBytes) {
        this.maxHeapBytes = maxHeapBytes;
    }

    long heapBytes() {
        return heapBytes;
    }

    /** Counts memory. Fails with MalformedRequestException when it is too much. */
    void add(long bytes) {
        heapBytes += bytes;
        if (heapBytes > maxHeapBytes) {
            throw new MalformedRequestException("a request whose parts would take more than " + maxHeapBytes + " bytes of memory");
        }
    }

    /**
     * Counts what it takes to put elements with these hashes into one of Kafka's collections: a table of twice as many slots, in which an
     * element takes the next free one behind its own, and which grows once when it is full by taking out one element after the other, each
     * of which moves all that are behind it. Fails with MalformedRequestException when that is too much.
     */
    void addKeyed(int[] hashes) {
        int slots = 2 * hashes.length + 1;
        int[] homes = new int[slots];
        for (int hash : hashes) {
            homes[(hash & Integer.MAX_VALUE) % slots]++;
        }
        int start = behindAnEmptySlot(homes);
        long waiting = 0;
        long length = 0;
        long moved = 0;
        for (int i = 0; i < slots; i++) {
            waiting += homes[(start + i) % slots];
            if (waiting > 0) {
                waiting--;
                length++;
                moved += waiting;
            } else {
                addSteps(length * (length + moved), hashes.length);
                length = 0;
                moved = 0;
            }
        }
        addSteps(length * (length + moved), hashes.length);
    }

    private void addSteps(long more, int elements) {
        steps += more;
        if (more < 0 || steps > MAX_STEPS) {
            throw new MalformedRequestException("a collection of " + elements + " elements that are too much alike");
        }
    }

    /** Where no element is moved to from before. */
    private static int behindAnEmptySlot(int[] homes) {
        long waiting = 0;
        int found = 0;
        for (int i = 0; i < 2 * homes.length; i++) {
            waiting += homes[i % homes.length];
            if (waiting > 0) {
                waiting--;
            } else {
                found = i;
            }
        }
        return found + 1;
    }
}
