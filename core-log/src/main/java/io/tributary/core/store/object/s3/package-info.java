/** Objects in S3 or what speaks its protocol. Safe on any thread; calls block. */
@NullMarked
package io.tributary.core.store.object.s3;

import org.jspecify.annotations.NullMarked;
