/**
 * The second tier: sealed segments as objects in an S3-compatible store, read back through a cache of files. Log threads only ask; uploads,
 * reads of what is not local, and everything else each have threads of their own.
 */
@NullMarked
package io.tributary.core.store.object;

import org.jspecify.annotations.NullMarked;
