package io.tributary.core.security;

/** What is kept with the metadata of who may come in and do what. Whether it is asked is the gateway's to say. */
public interface Access {
    Users users();

    Acls acls();

    Quotas quotas();
}
