package dev.godwit.workflows.proxy;

/**
 * The proxy on both sides.
 *
 * @param siteSha256 of the site's file on the source
 * @param siteOnTarget whether the target has the site already
 */
public record ProxyFacts(String siteSha256, boolean siteOnTarget) {}
