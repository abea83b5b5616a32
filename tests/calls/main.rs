//! Calls: the cache, threads, devices, backends, files.

mod backends;
mod cache;
mod files;
mod fma;
mod in_place;
mod observe;
mod threads;
