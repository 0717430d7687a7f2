package io.tributary.protocol.kafka.coordinator.transaction;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.jspecify.annotations.Nullable;

/** Which transactions are to be listed (KIP-664, 994, 1152). Each empty part takes all. */
public final class TransactionFilter {
    private final Set<TransactionState> states = EnumSet.noneOf(TransactionState.class);
    private final List<String> unknownStates = new ArrayList<>();
    private final Set<Long> producerIds;
    private final long minDurationMs;
    private final @Nullable Pattern pattern;

    /**
     * A filter.
     *
     * @param minDurationMs since the transaction, or the identifier's last one, began; negative for any
     * @param pattern       of the whole transactional identifier, in RE2's syntax; null or empty for all
     * @throws InvalidRegularExpression if the pattern is none
     */
    public TransactionFilter(Collection<String> stateNames, Collection<Long> producerIds, long minDurationMs, @Nullable String pattern) {
        for (String name : stateNames) {
            TransactionState.fromName(name).ifPresentOrElse(states::add, () -> unknownStates.add(name));
        }
        this.producerIds = new HashSet<>(producerIds);
        this.minDurationMs = minDurationMs;
        try {
            this.pattern = pattern == null || pattern.isEmpty() ? null : Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new InvalidRegularExpression("the pattern of transactional ids is no regular expression: " + e.getMessage());
        }
    }

    /** What was asked for and is no state. */
    public List<String> unknownStates() {
        return unknownStates;
    }

    boolean takes(TransactionMetadata transaction, long nowMs) {
        boolean anyState = states.isEmpty() && unknownStates.isEmpty();
        return (anyState || states.contains(transaction.state()))
            && (producerIds.isEmpty() || producerIds.contains(transaction.producerId()))
            && (minDurationMs < 0 || nowMs - transaction.txnStartTimestamp() > minDurationMs)
            && (pattern == null || pattern.matcher(transaction.transactionalId()).matches());
    }
}
