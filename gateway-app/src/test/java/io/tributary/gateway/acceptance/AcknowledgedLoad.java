package io.tributary.gateway.acceptance;

import io.tributary.gateway.acceptance.client.Message;
import io.tributary.gateway.acceptance.client.MessageWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes numbers that rise, in small batches, until the server is gone, and remembers which were acknowledged. A number is written once,
 * so that what the topic holds must rise too. Started and stopped by the test, runs on a thread of its own.
 */
final class AcknowledgedLoad implements Runnable {
    private static final int BATCH = 20;

    private final ConcurrentLinkedQueue<Integer> acknowledged = new ConcurrentLinkedQueue<>();
    private final String name;
    private int next;
    private @Nullable MessageWriter writer;
    private @Nullable Thread thread;

    AcknowledgedLoad(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    List<Integer> acknowledged() {
        return List.copyOf(acknowledged);
    }

    int count() {
        return acknowledged.size();
    }

    /** Starts writing, from the number after the last that was tried. */
    void start(MessageWriter to) {
        writer = to;
        thread = new Thread(this, "load-" + name);
        thread.start();
    }

    /** Waits for the end that the server's death brings. */
    void join() throws InterruptedException {
        Thread running = thread;
        if (running != null) {
            running.join(TimeUnit.SECONDS.toMillis(90));
            if (running.isAlive()) {
                throw new IllegalStateException("the client " + name + " has not noticed that the server is gone");
            }
        }
    }

    @Override
    public void run() {
        MessageWriter to = writer;
        while (to != null) {
            List<Message> batch = new ArrayList<>();
            int first = next;
            for (int i = 0; i < BATCH; i++) {
                batch.add(Message.text("load", Integer.toString(next++)));
            }
            try {
                to.write(batch);
            } catch (Exception serverGone) {
                // Whether the batch in flight was stored is open; the test asks only for what was acknowledged.
                return;
            }
            for (int number = first; number < next; number++) {
                acknowledged.add(number);
            }
        }
    }
}
