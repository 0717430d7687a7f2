package io.tributary.core.api.retained;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of what a search finds, in the order of the paths' levels; may be empty before the end.
 *
 * @param next where to go on; null at the end
 */
public record RetainedPage(List<RetainedValue> values, @Nullable String next) {
    public RetainedPage {
        values = List.copyOf(values);
    }
}
