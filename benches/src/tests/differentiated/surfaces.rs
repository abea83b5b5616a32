//! The boundary of W7-X, by its coefficients and by the angles.

use crate::kernels::{w7x_surface, w7x_volume, w7x_volume_gradient};
use desc_jit::prelude::*;

#[test]
fn w7x_surface() {
    let (r_modes, r, z_modes, z, nfp, theta, zeta) = w7x_surface::inputs([5, 2]);
    along!(
        w7x_surface::w7x_surface(r_modes, r, z_modes, z, nfp, theta, zeta)
        by 1 r, 3 z, 5 theta, 6 zeta; times 0.03
    );
}

#[test]
fn w7x_volume() {
    let (r_modes, r, z_modes, z, nfp, theta, zeta) = w7x_surface::inputs([5, 2]);
    along!(
        w7x_volume::w7x_volume(r_modes, r, z_modes, z, nfp, theta, zeta)
        by 1 r, 3 z, 5 theta, 6 zeta; times 0.03
    );
}

#[test]
fn w7x_volume_gradient() {
    let (r_modes, r, z_modes, z, nfp, theta, zeta) = w7x_surface::inputs([5, 2]);
    along!(
        w7x_volume_gradient::w7x_volume_gradient(r_modes, r, z_modes, z, nfp, theta, zeta)
        by 1 r, 3 z, 5 theta, 6 zeta; times 0.03; as written by w7x_volume_gradient::by_hand
    );
}
