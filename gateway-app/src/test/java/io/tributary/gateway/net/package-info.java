/** Tests of the listeners' parts. */
@NullMarked
package io.tributary.gateway.net;

import org.jspecify.annotations.NullMarked;
