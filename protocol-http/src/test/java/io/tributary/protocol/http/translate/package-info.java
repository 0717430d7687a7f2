/** Tests without sockets. */
@NullMarked
package io.tributary.protocol.http.translate;

import org.jspecify.annotations.NullMarked;
