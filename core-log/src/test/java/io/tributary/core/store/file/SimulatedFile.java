package io.tributary.core.store.file;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What a disk has of a file, and what was written to the file since it was last forced. */
final class SimulatedFile {
    private static final int SECTOR = 512;

    /** A write, or a truncation where there are no bytes. */
    private record Change(long position, byte[] bytes) {
    }

    private static final byte[] TRUNCATED = new byte[0];

    private byte[] durable;
    private final List<Change> changes = new ArrayList<>();
    private long size;

    SimulatedFile(byte[] durable) {
        this.durable = durable;
        this.size = durable.length;
    }

    /** As it is seen by who writes and reads it. */
    long size() {
        return size;
    }

    void write(long position, byte[] bytes) {
        changes.add(new Change(position, bytes));
        size = Math.max(size, position + bytes.length);
    }

    void truncate(long to) {
        changes.add(new Change(to, TRUNCATED));
        size = Math.min(size, to);
    }

    /** The length is not data: it is the file system's own, and right on the disk with the next force, also when one before has failed. */
    void force() {
        durable = Arrays.copyOf(after(changes.size()), (int) size);
        changes.clear();
    }

    /** Makes durable what chance wants, and takes the rest for written. */
    void settle(Random random) {
        durable = afterCut(random);
        changes.clear();
    }

    private byte[] after(int count) {
        byte[] content = durable;
        for (Change change : changes.subList(0, count)) {
            content = apply(content, change);
        }
        return content;
    }

    private static byte[] apply(byte[] content, Change change) {
        int at = (int) change.position();
        if (change.bytes().length == 0) {
            return content.length <= at ? content : Arrays.copyOf(content, at);
        }
        byte[] written = Arrays.copyOf(content, Math.max(content.length, at + change.bytes().length));
        System.arraycopy(change.bytes(), 0, written, at, change.bytes().length);
        return written;
    }

    /** Nothing of the changes, all, the first few with the last of them torn, or each sector as it was at a time of its own. */
    byte[] afterCut(Random random) {
        if (changes.isEmpty()) {
            return durable;
        }
        return switch (random.nextInt(4)) {
            case 0 -> durable;
            case 1 -> after(changes.size());
            case 2 -> torn(random, random.nextInt(changes.size()));
            default -> mixed(random);
        };
    }

    private byte[] torn(Random random, int whole) {
        byte[] content = after(whole);
        Change last = changes.get(whole);
        int sectors = last.bytes().length / SECTOR;
        if (sectors == 0) {
            return content;
        }
        // Up to a boundary of sectors.
        int end = (int) (last.position() / SECTOR + 1 + random.nextInt(sectors)) * SECTOR;
        int length = Math.min(last.bytes().length, (int) (end - last.position()));
        return apply(content, new Change(last.position(), Arrays.copyOf(last.bytes(), length)));
    }

    private byte[] mixed(Random random) {
        List<byte[]> states = new ArrayList<>();
        byte[] state = durable;
        states.add(state);
        for (Change change : changes) {
            state = apply(state, change);
            states.add(state);
        }
        byte[] content = new byte[states.get(random.nextInt(states.size())).length];
        for (int at = 0; at < content.length; at += SECTOR) {
            byte[] from = states.get(random.nextInt(states.size()));
            int end = Math.min(Math.min(content.length, from.length), at + SECTOR);
            if (at < end) {
                System.arraycopy(from, at, content, at, end - at);
            }
        }
        return content;
    }
}
