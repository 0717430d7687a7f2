package io.tributary.core.api.stats;

import io.tributary.core.model.SubscriptionName;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A subscription at one moment.
 *
 * @param ready       records waiting for a consumer: its depth
 * @param outstanding delivered and not settled
 * @param consumers   attached
 * @param readyBytes  of the values of what is ready; null when it is not known, which takes a limit of bytes
 * @param oldestAge   since the timestamp of the oldest record that is ready or outstanding; null when there is none, or it is not known
 */
public record SubscriptionReport(SubscriptionName name, long ready, long outstanding, int consumers, @Nullable Long readyBytes,
                                 @Nullable Duration oldestAge, SubscriptionCounts counts, SubscriptionRates rates) {
}
