package io.tributary.protocol.http.codec;

import io.swagger.v3.oas.annotations.media.Schema;

/** Per second. */
@Schema(name = "Rate", description = "Per second, over windows that may be five seconds longer")
public record RateJson(double last10s, double last60s) {
}
