/** What partitions tell of the producers that write to them. Values, safe on any thread. */
@NullMarked
package io.tributary.core.api.producer;

import org.jspecify.annotations.NullMarked;
