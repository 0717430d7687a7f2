package io.tributary.protocol.mqtt.session;

import io.tributary.core.api.retained.RetainedPage;
import io.tributary.core.api.retained.RetainedValue;
import io.tributary.core.model.Address;
import io.tributary.core.model.Subject;
import io.tributary.protocol.mqtt.session.Outgoing.Match;
import io.tributary.protocol.mqtt.state.FilterOptions;
import io.tributary.protocol.mqtt.translate.OutboundTranslation;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The retained messages of one new subscription, read a page at a time as the client takes them. It ends early when the subscription does,
 * or another is made in its place. On the connection's event loop.
 */
final class Replay {
    private static final int PAGE_VALUES = 64;
    private static final int PAGE_BYTES = 256 << 10;

    private final LiveSession live;
    private final FilterOptions options;
    private final ArrayDeque<Outgoing> ready = new ArrayDeque<>();
    private @Nullable String next;
    private boolean reading;
    private boolean over;

    Replay(LiveSession live, FilterOptions options) {
        this.live = live;
        this.options = options;
    }

    /** The next message that is in memory. */
    @Nullable Outgoing poll() {
        return ready.poll();
    }

    /** Whether there is none in memory and none to be read. */
    boolean isOver() {
        return ready.isEmpty() && over;
    }

    boolean isReading() {
        return reading;
    }

    /**
     * Reads the next page, unless one is on its way.
     *
     * @param then runs on the event loop when it is there
     */
    CompletionStage<Void> read(Runnable then) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (!isWanted()) {
            over = true;
        }
        if (reading || over) {
            done.complete(null);
            return done;
        }
        reading = true;
        live.services().broker().retained()
            .find(live.session().key().namespace(), options.filter().pattern(), next, PAGE_VALUES, PAGE_BYTES)
            .whenComplete((page, failure) -> live.connection().execute(() -> {
                reading = false;
                if (page == null) {
                    over = true;
                    done.completeExceptionally(failure == null ? new IllegalStateException("no page") : failure);
                    return;
                }
                take(page);
                done.complete(null);
                then.run();
            }));
        return done;
    }

    private boolean isWanted() {
        return options.equals(live.session().filter(options.filter().text()));
    }

    private void take(RetainedPage page) {
        for (RetainedValue value : page.values()) {
            if (options.filter().matches(value.path()) && live.mayRead(value.path())) {
                Address address = Address.parse(live.session().key().namespace(), value.path());
                String name = OutboundTranslation.path(address.topic(), Subject.toKey(address.subject()));
                int qos = Math.min(options.qos(), OutboundTranslation.publishedQos(value.record().headers()));
                ready.add(new Outgoing(name, value.record(), new Match(qos, true, LiveSession.identifiers(options)), null, null));
            }
        }
        next = page.next();
        over |= next == null;
    }
}
