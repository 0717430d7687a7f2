/** Runs Tributary side by side with its peers; see docs/performance.md. */
@NullMarked
package io.tributary.bench;

import org.jspecify.annotations.NullMarked;
