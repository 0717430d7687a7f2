/** Tests without sockets. */
@NullMarked
package io.tributary.protocol.http.session;

import org.jspecify.annotations.NullMarked;
