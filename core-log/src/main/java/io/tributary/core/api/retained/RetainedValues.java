package io.tributary.core.api.retained;

import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.SubjectPattern;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The last value of each address that was published with {@code PublishRequest.retain}. They are the records of the compacted topic
 * {@value #TOPIC} of their namespace: the key is the address, a record without a value ends it. Set and ended by publishing.
 */
public interface RetainedValues {
    /** The topic that holds them. */
    String TOPIC = "__retained";
    /** In one page. */
    int MAX_VALUES = 1_000;

    /**
     * The values whose address the pattern takes and whose time has not passed, with all that was accepted before the call. Takes time by
     * what is found and by the words that the pattern's wildcards try on the way, not by the number of values.
     *
     * @param pattern  its words are divided by {@code /}
     * @param after    {@link RetainedPage#next} of the page before; null for the first
     * @param limit    1 to {@link #MAX_VALUES}
     * @param maxBytes the page ends before it holds more than this, but holds one value
     * @return fails with INVALID_ARGUMENT, STORAGE_FAILURE or CLOSED
     */
    CompletionStage<RetainedPage> find(Namespace namespace, SubjectPattern pattern, @Nullable String after, int limit, int maxBytes);

    /**
     * Retains what its topic has and a crash may have kept from being retained, unless the address has got another value since the broker
     * was opened. Completes when that is durable. For who finds a publication of an earlier process in its topic and not in {@link #TOPIC}.
     *
     * @return fails as publishing does
     */
    CompletionStage<Void> restore(Namespace namespace, String path, byte[] value, Headers headers);
}
