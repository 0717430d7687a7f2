package io.tributary.core.log;

import java.util.ArrayDeque;

/**
 * The newest runs of all logs of one log thread, at most a number of bytes; the oldest go first. Runs are kept by reference, nothing is
 * copied. Belongs to the log thread; the windows are read by any thread.
 */
final class TailCache {
    /** What a run costs beside its bytes. */
    private static final int OVERHEAD_BYTES = 160;

    private record Place(TailWindow window, TailWindow.Run run, int bytes) {
    }

    private final long maxBytes;
    private final ArrayDeque<Place> places = new ArrayDeque<>();
    private long bytes;

    TailCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Keeps a run, if its log has readers for it. */
    void offer(TailWindow window, TailWindow.Run run) {
        int cost = run.bytes().remaining() + OVERHEAD_BYTES;
        if (!window.offer(run)) {
            return;
        }
        places.add(new Place(window, run, cost));
        bytes += cost;
        while (bytes > maxBytes) {
            Place oldest = places.remove();
            oldest.window().remove(oldest.run());
            bytes -= oldest.bytes();
        }
    }
}
