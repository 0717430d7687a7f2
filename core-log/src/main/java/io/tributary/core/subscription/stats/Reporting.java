package io.tributary.core.subscription.stats;

import io.tributary.core.api.stats.SubscriptionCounts;
import io.tributary.core.api.stats.SubscriptionReport;
import io.tributary.core.subscription.loop.DispatchLoop;

/** A subscription, as {@link Overviews} sees it. */
public interface Reporting {
    /** On which everything else here is to be called. */
    DispatchLoop loop();

    /** What is known without reading anything. */
    Depth depth();

    SubscriptionCounts counts();

    /** What is known now; what it would have to read is there the next time. */
    SubscriptionReport knownReport();

    /** A moment's counts. */
    record Depth(long ready, long outstanding, int consumers) {
        long held() {
            return ready + outstanding;
        }
    }
}
