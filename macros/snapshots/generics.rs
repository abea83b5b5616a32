pub fn weighted<T: Float, U, const N: usize, const K: u32>(x: [T; N], pair: (U, &Array1<U>)) -> T
where
    U: Float + Copy,
    [T; N]: Clone,
{
    let mut sum = T::zero();
    for i in 0..N {
        sum += norm(pair.1).powi(K as i32) * other::norm::<T>(&x) * T::from(0.5).unwrap();
    }
    sum / T::max(sum, T::PI()) * pair.0.to_f64().unwrap()
}
