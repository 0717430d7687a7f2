package io.tributary.core.security;

/** What may be allowed or not. */
public enum Operation { READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE }
