/**
 * Segments in files of this machine, behind a shared journal. A segment is written by its log's thread and read by any; the journal and
 * the checkpoint each have a thread of their own.
 */
@NullMarked
package io.tributary.core.store.file;

import org.jspecify.annotations.NullMarked;
