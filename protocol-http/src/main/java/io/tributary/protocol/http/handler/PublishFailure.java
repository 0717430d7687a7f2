package io.tributary.protocol.http.handler;

import io.tributary.core.model.BrokerException;
import io.tributary.protocol.http.codec.ProblemJson;
import java.util.List;

/** A batch of which not every record was stored. */
final class PublishFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient BrokerException first;
    private final transient List<ProblemJson.Outcome> outcomes;

    /** The first failure, and what became of each record. */
    PublishFailure(BrokerException first, List<ProblemJson.Outcome> outcomes) {
        super(first.getMessage(), first);
        this.first = first;
        this.outcomes = List.copyOf(outcomes);
    }

    BrokerException first() {
        return first;
    }

    List<ProblemJson.Outcome> outcomes() {
        return outcomes;
    }
}
