package io.tributary.core.api;

import java.util.concurrent.CompletionStage;

/** An append under way; both stages fail alike. */
public interface Append {
    /** Completes when offsets are assigned and the order is fixed: Kafka's acks=1. */
    CompletionStage<AppendResult> accepted();

    /** Completes when the records are as durable as the configuration asks and may be read: Kafka's acks=all. */
    CompletionStage<AppendResult> durable();
}
