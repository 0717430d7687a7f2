/** What the wiring makes of settings. Each test on its thread. */
@NullMarked
package io.tributary.gateway;

import org.jspecify.annotations.NullMarked;
