/** Made-up answers in the shapes of the reference, used by the unit tests. */
export const orderVo = {
  orderId: 1000000001,
  orderState: 1,
  bookTime: 1655959572000,
  createTime: '1655959572000',
  modifyTime: 1655963172000,
  totalPrice: 250000,
  paySubtotal: 259000,
  freightAmount: '9000',
  customerName: 'Budi Santoso',
  phone: '',
  mobile: '+62811000111',
  email: null,
  address: 'Jl. Contoh No. 5, Kel. Gambir',
  deliveryAddr: 'Jl. Contoh No. 5',
  area: 'Gambir',
  city: 'Jakarta Pusat',
  state: 'DKI Jakarta',
  postCode: 10110,
  buyerMessage: ' ',
  orderSkuinfos: [
    {
      skuId: 501,
      popSkuId: 'SHOE-42',
      skuName: 'Shoe 42',
      skuNumber: 2,
      jdPrice: '130000',
      couponAmount: 5000,
      promotionAmount: -5000,
      taxationAmount: null,
    },
  ],
};

export function orderEnvelope(model: unknown): string {
  return JSON.stringify({
    jingdong_seller_order_batchGetOrderInfoList_response: {
      code: '0',
      result: { code: 0, success: true, message: 'success', model },
    },
  });
}
