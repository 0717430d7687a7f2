package io.tributary.core.api.retained;

import io.tributary.core.model.Record;

/**
 * The last value of an address.
 *
 * @param path   the address in one path, {@code topic/sub/ject}
 * @param record as it is stored in {@link RetainedValues#TOPIC}: value, headers and timestamp are those that were published, the key is
 *               the path
 */
public record RetainedValue(String path, Record record) {
}
