/** Tests without sockets. */
@NullMarked
package io.tributary.protocol.http.codec;

import org.jspecify.annotations.NullMarked;
