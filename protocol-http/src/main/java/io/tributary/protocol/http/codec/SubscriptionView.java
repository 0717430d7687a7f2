package io.tributary.protocol.http.codec;

import io.swagger.v3.oas.annotations.media.Schema;

/** A subscription, of whatever kind. */
@Schema(name = "SubscriptionView", oneOf = {SubscriptionJson.class, StreamJson.class})
public sealed interface SubscriptionView permits SubscriptionJson, StreamJson {
    String name();

    /** {@code queue}, or who keeps it. */
    String kind();
}
