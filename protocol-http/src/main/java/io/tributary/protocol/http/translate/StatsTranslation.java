package io.tributary.protocol.http.translate;

import io.tributary.core.api.stats.LogStats;
import io.tributary.core.api.stats.Rate;
import io.tributary.core.api.stats.SubscriptionCounts;
import io.tributary.core.api.stats.SubscriptionRates;
import io.tributary.core.api.stats.SubscriptionReport;
import io.tributary.protocol.http.codec.RateJson;
import io.tributary.protocol.http.codec.SubscriptionJson;
import io.tributary.protocol.http.codec.TopicJson;
import java.time.Duration;

/** What the broker counts, as JSON. */
public final class StatsTranslation {
    private StatsTranslation() {
    }

    public static SubscriptionJson.Stats toJson(SubscriptionReport report) {
        SubscriptionCounts counts = report.counts();
        SubscriptionRates rates = report.rates();
        Duration age = report.oldestAge();
        return new SubscriptionJson.Stats(report.ready(), report.outstanding(), report.consumers(), report.readyBytes(),
            age == null ? null : age.toMillis(),
            new SubscriptionJson.Counts(counts.published(), counts.delivered(), counts.redelivered(), counts.acknowledged(),
                counts.deadLettered(), counts.expired(), counts.dropped()),
            new SubscriptionJson.Rates(toJson(rates.published()), toJson(rates.delivered()), toJson(rates.redelivered()),
                toJson(rates.acknowledged())));
    }

    static TopicJson.StatsJson toJson(LogStats stats) {
        return new TopicJson.StatsJson(stats.records(), stats.sizeInBytes(), stats.appendedRecords(), stats.appendedBytes(),
            stats.readBytes(),
            new TopicJson.RatesJson(toJson(stats.recordsAppended()), toJson(stats.bytesAppended()), toJson(stats.bytesRead())));
    }

    private static RateJson toJson(Rate rate) {
        return new RateJson(rate.last10s(), rate.last60s());
    }
}
