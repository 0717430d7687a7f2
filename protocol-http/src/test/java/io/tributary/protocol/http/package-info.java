/** Tests of the HTTP API over sockets. */
@NullMarked
package io.tributary.protocol.http;

import org.jspecify.annotations.NullMarked;
