/**
 * The only place where HTTP's words become the core's and back: headers, JSON records, filters, positions, error codes. Stateless, safe
 * on any thread.
 */
@NullMarked
package io.tributary.protocol.http.translate;

import org.jspecify.annotations.NullMarked;
